using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Native;

/// <summary>Groups over the SDK.</summary>
internal sealed class NativeGroups(IStreamingAdmin admin) : IGroups
{
    public Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellationToken) => admin.ListGroupsAsync(cancellationToken);

    public Task<GroupInfo> DescribeAsync(string groupId, CancellationToken cancellationToken) => admin.DescribeGroupAsync(groupId, cancellationToken);

    public Task<IReadOnlyList<GroupOffset>> OffsetsAsync(string groupId, CancellationToken cancellationToken) =>
        admin.GetGroupOffsetsAsync(groupId, cancellationToken);

    public Task SetOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken) =>
        admin.SetGroupOffsetsAsync(groupId, offsets, cancellationToken);

    public Task DeleteAsync(string groupId, CancellationToken cancellationToken) => admin.DeleteGroupAsync(groupId, cancellationToken);
}
