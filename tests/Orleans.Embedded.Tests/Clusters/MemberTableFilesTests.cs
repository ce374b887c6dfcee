using System.Net;
using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

public sealed class MemberTableFilesTests
{
    private const int Silos = 6;
    private const int JoinsEach = 8;

    /// <summary>Silos that start at once write the table at once: each change is in the last version, whoever was first.</summary>
    [Fact]
    public async Task NoChangeIsLostAmongManyWriters()
    {
        var directory = Directory.CreateTempSubdirectory("member-table-").FullName;
        try
        {
            var tables = Enumerable.Range(0, Silos).Select(_ => new MemberTableFiles(directory)).ToArray();
            await Task.WhenAll(tables.Select((table, silo) => Task.Run(() =>
            {
                for (var join = 0; join < JoinsEach; join++)
                {
                    var number = (silo * JoinsEach) + join + 1;
                    table.Update(latest => latest.Join("c", SiloAddress.New(IPAddress.Loopback, number, 1), $"silo-{number}"));
                }
            })));

            var last = new MemberTableFiles(directory).Read();
            Assert.Equal(Silos * JoinsEach, last.Version);
            Assert.Equal(
                Enumerable.Range(1, Silos * JoinsEach), last.Members.Select(member => member.SiloAddress.Endpoint.Port).Order());
            Assert.Empty(Directory.GetFiles(directory, "*.tmp"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
