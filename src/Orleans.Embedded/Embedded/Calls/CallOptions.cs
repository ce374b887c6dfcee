namespace Orleans.Embedded.Calls;

/// <summary>How a method's calls are scheduled and answered.</summary>
[Flags]
internal enum CallOptions
{
    None = 0,
    OneWay = 1,
    ReadOnly = 2,
    AlwaysInterleave = 4,
}
