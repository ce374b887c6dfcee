using System.Collections.Concurrent;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Testing;
using Samples.Orders;

// A broker inside this process, so that the sample needs nothing else; its files are temporary.
await using var cluster = await StreamingTestCluster.StartAsync(options =>
    options.ConfigureClient = client => client.Serializers.AddJson(OrderJson.Default));
await cluster.Admin.CreateTopicAsync(new NewTopic("orders") { PartitionCount = 4 });

var totals = new ConcurrentDictionary<string, int>();
using var billed = new SemaphoreSlim(0);
using var stop = new CancellationTokenSource();
var members = Task.WhenAll(
    new Billing(cluster.Client, "first", totals, billed).RunAsync(stop.Token),
    new Billing(cluster.Client, "second", totals, billed).RunAsync(stop.Token));

string[] customers = ["ann", "bob", "cleo", "dan"];
const int OrdersEach = 5;
await using (var producer = cluster.Client.CreateProducer<string, Order>())
{
    // All under way together; each await is for its acknowledgement.
    await Task.WhenAll(
        from customer in customers
        from count in Enumerable.Range(1, OrdersEach)
        select producer.ProduceAsync("orders", customer, new Order(customer, "apples", count)).AsTask());
}

for (var left = customers.Length * OrdersEach; left > 0; left--)
{
    await billed.WaitAsync();
}

await stop.CancelAsync();
await members;
foreach (var customer in customers)
{
    Console.WriteLine($"{customer}: {totals[customer]} apples");
}
