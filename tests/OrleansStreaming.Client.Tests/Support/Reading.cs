namespace OrleansStreaming.Client.Tests.Support;

internal static class Reading
{
    /// <summary>The next records of a consumer, so many of them; fails the test instead of hanging.</summary>
    public static async Task<List<ConsumedRecord<TKey, TValue>>> TakeAsync<TKey, TValue>(this IConsumer<TKey, TValue> consumer, int count)
    {
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        var records = new List<ConsumedRecord<TKey, TValue>>();
        if (count == 0)
        {
            return records;
        }

        await foreach (var record in consumer.ConsumeAsync(limit.Token))
        {
            records.Add(record);
            if (records.Count == count)
            {
                break;
            }
        }

        return records;
    }

    /// <summary>All records of a topic, from the first on.</summary>
    public static async Task<List<ConsumedRecord<string, string>>> ReadAllAsync(this IStreamingClient client, string topic)
    {
        var description = (await client.Admin.FindTopicAsync(topic))!;
        var partitions = description.Partitions.Select(partition => new OrleansStreaming.Records.Ids.TopicPartition(topic, partition.Partition)).ToArray();
        var ends = await client.Admin.GetOffsetsAsync(partitions, Client.Admin.OffsetQuery.Latest);
        await using var consumer = client.CreateConsumer<string, string>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Subscribe(topic);
        return await consumer.TakeAsync((int)ends.Values.Sum(end => end.Value));
    }
}
