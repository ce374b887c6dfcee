namespace Orleans.Embedded.Rings;

/// <summary>Where another process finds a ring.</summary>
/// <param name="Process">Its maker's id.</param>
/// <param name="Descriptor">The maker's, while the ring is not disposed of.</param>
/// <param name="Capacity">Bytes that it holds.</param>
/// <param name="Identity">Stands in the memory: in other containers the same numbers mean another process and another ring.</param>
internal readonly record struct RingOffer(int Process, int Descriptor, int Capacity, Guid Identity);
