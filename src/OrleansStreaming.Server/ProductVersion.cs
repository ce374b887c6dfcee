using System.Reflection;

namespace OrleansStreaming.Server;

/// <summary>The product's version as users see it, without build metadata.</summary>
internal static class ProductVersion
{
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
