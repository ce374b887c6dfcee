using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A silo as the membership knows it.</summary>
[GenerateSerializer, Immutable]
public sealed class ClusterMember(SiloAddress siloAddress, SiloStatus status, string name) : IEquatable<ClusterMember>
{
    [Id(0)]
    public SiloAddress SiloAddress { get; } = siloAddress ?? throw new ArgumentNullException(nameof(siloAddress));

    [Id(1)]
    public SiloStatus Status { get; } = status;

    [Id(2)]
    public string Name { get; } = name;

    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as ClusterMember);

    public bool Equals(ClusterMember? other) =>
        other is not null
        && SiloAddress.Equals(other.SiloAddress)
        && Status == other.Status
        && string.Equals(Name, other.Name, StringComparison.Ordinal);

    public override int GetHashCode() => SiloAddress.GetConsistentHashCode();

    public override string ToString() => $"{SiloAddress}/{Name}/{Status}";
}
