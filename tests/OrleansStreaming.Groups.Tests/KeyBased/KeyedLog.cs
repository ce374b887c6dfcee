using System.Text;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.KeyBased;

/// <summary>The partitions of topic "t", with records that have keys and gaps that have none, and who has handled them.</summary>
internal sealed class KeyedLog(int partitions)
{
    private readonly List<string?>[] _keys = [.. Enumerable.Range(0, partitions).Select(_ => new List<string?>())];
    private readonly HashSet<(int Partition, long Offset)> _handled = [];

    public int Partitions => partitions;

    public int Handled => _handled.Count;

    public long End(int partition) => _keys[partition].Count;

    /// <summary>Null for an offset that holds no record.</summary>
    public void Append(int partition, string? key) => _keys[partition].Add(key);

    public bool IsGap(int partition, long offset) => _keys[partition][(int)offset] is null;

    public int SlotOf(int partition, long offset) => KeySlots.Of(Encoding.UTF8.GetBytes(_keys[partition][(int)offset]!), hasKey: true, new Offset(offset));

    /// <summary>I32: whoever handles a record, all earlier ones of its key have been handled before.</summary>
    public void Handle(int partition, long offset)
    {
        var key = _keys[partition][(int)offset];
        for (var earlier = 0; earlier < offset; earlier++)
        {
            Assert.True(_keys[partition][earlier] != key || _handled.Contains((partition, earlier)), $"{partition}:{offset} of {key} was handled before {earlier}.");
        }

        _handled.Add((partition, offset));
    }

    public void AssertAllHandled()
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            Assert.All(Enumerable.Range(0, (int)End(partition)).Where(offset => !IsGap(partition, offset)), offset => Assert.Contains((partition, (long)offset), _handled));
        }
    }
}
