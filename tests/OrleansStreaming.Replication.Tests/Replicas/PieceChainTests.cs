using System.Buffers;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class PieceChainTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Pieces_become_one_sequence_without_a_copy(int count)
    {
        var chain = new PieceChain();
        for (var round = 0; round < 3; round++)
        {
            var pieces = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)new byte[] { (byte)i, (byte)round }).ToArray();
            var sequence = chain.Join(pieces);
            Assert.Equal(pieces.SelectMany(piece => piece.ToArray()), sequence.ToArray());
            Assert.True(sequence.First.Equals(pieces[0]));
            chain.Release();
        }
    }

    [Fact]
    public void Fewer_pieces_after_more_do_not_show_the_old_ones()
    {
        var chain = new PieceChain();
        chain.Join([new byte[3], new byte[3], new byte[3]]);
        chain.Release();
        Assert.Equal(4, chain.Join([new byte[2], new byte[2]]).Length);
    }
}
