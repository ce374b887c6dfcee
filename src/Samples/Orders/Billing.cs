using System.Collections.Concurrent;
using OrleansStreaming.Client;

namespace Samples.Orders;

/// <summary>A member of the group that bills orders. Orders of one customer have one key, so one member sees them, in order.</summary>
internal sealed class Billing(IStreamingClient client, string name, ConcurrentDictionary<string, int> totals, SemaphoreSlim billed)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        await using var consumer = client.CreateConsumer<string, Order>(options =>
        {
            options.GroupId = "billing";
            options.Topics.Add("orders");
            options.OffsetReset = OffsetReset.Earliest;
            options.CommitMode = CommitMode.PerBatch;
        });
        try
        {
            await foreach (var record in consumer.ConsumeAsync(stopping))
            {
                var order = record.Value!;
                totals.AddOrUpdate(order.Customer, order.Count, (_, total) => total + order.Count);
                Console.WriteLine($"{name}: {order.Customer} orders {order.Count} {order.Item} ({record.Partition} offset {record.Offset})");
                billed.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is billed.
        }
    }
}
