using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Activations;

public sealed class StressTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_increment_is_lost_or_doubled_while_activations_come_and_go(int seed)
    {
        const int Grains = 8;
        const int Callers = 16;
        const int CallsEach = 150;
        var acknowledged = new int[Grains];
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + caller);
            for (var i = 0; i < CallsEach; i++)
            {
                var index = random.Next(Grains);
                try
                {
                    await silo.Grains.GetGrain<ICountingGrain>((seed * 100) + index).Increment(thenDeactivate: random.Next(20) == 0);
                    Interlocked.Increment(ref acknowledged[index]);
                }
                catch (OrleansMessageRejectionException)
                {
                    // Handed on too often because activations ended: the promise is that it did not run.
                }
            }
        })));

        for (var index = 0; index < Grains; index++)
        {
            Assert.True(
                acknowledged[index] == await silo.Grains.GetGrain<ICountingGrain>((seed * 100) + index).Count(),
                $"Grain {index} with seed {seed} lost or doubled an increment.");
        }
    }
}
