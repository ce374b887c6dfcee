#pragma warning disable CS9113
using System.Runtime.CompilerServices;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Records.Ids;
namespace OrleansStreaming.Client.Consuming;
internal sealed class Consumer<TKey, TValue>(ClusterLink link, ConsumerOptions<TKey, TValue> options, IDeserializer<TKey> keys, IDeserializer<TValue> values, Func<IProducer<byte[], byte[]>> deadLetters)
{
}
