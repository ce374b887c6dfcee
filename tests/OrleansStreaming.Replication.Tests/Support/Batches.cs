using System.Text;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>Record batches to append, and what was read back.</summary>
internal static class Batches
{
    public static byte[] Of(params string[] values)
    {
        using var builder = new BatchBuilder();
        foreach (var value in values)
        {
            builder.Append(1_000, null, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    public static AppendRequest Request(RequiredAcks acks, params string[] values) => new() { Pieces = [Of(values)], Acks = acks };

    public static List<string> Values(RecordSource source)
    {
        var bytes = new byte[source.Length];
        source.CopyTo(0, bytes);
        source.Dispose();
        var values = new List<string>();
        for (var position = 0; position < bytes.Length;)
        {
            var error = BatchReader.Open(new(bytes.AsMemory(position)), out var reader);
            Assert.Equal(OrleansStreaming.Records.Errors.ErrorCode.None, error);
            using (reader)
            {
                foreach (var record in reader!.Records())
                {
                    values.Add(Encoding.UTF8.GetString(record.Value));
                }

                position += (int)reader.Header.SizeInBytes;
            }
        }

        return values;
    }
}
