using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

/// <summary>
/// Batches as librdkafka put them on the wire: five records with keys key0, key1, key2, key0, key1, header app=test, from an
/// idempotent producer, in every codec. The same records each time.
/// </summary>
public class ClientBatchTests
{
    public static TheoryData<CompressionType, string> Captured => new()
    {
        {
            CompressionType.None,
            "00000000000000000000015D00000000026F339208000000000004000001A1FC7E1FD1000001A1FC7E1FD1000000000FC3F320000000000000000000"
            + "0576000000086B65793050736F6D652076616C7565206E756D62657220302C20736F6D652076616C7565206E756D6265722030020661707008746573"
            + "7476000002086B65793150736F6D652076616C7565206E756D62657220312C20736F6D652076616C7565206E756D6265722031020661707008746573"
            + "7476000004086B65793250736F6D652076616C7565206E756D62657220322C20736F6D652076616C7565206E756D6265722032020661707008746573"
            + "7476000006086B65793050736F6D652076616C7565206E756D62657220332C20736F6D652076616C7565206E756D6265722033020661707008746573"
            + "7476000008086B65793150736F6D652076616C7565206E756D62657220342C20736F6D652076616C7565206E756D6265722034020661707008746573"
            + "74"
        },
        {
            CompressionType.Gzip,
            "0000000000000000000000A0000000000246970764000100000004000001A1FC7E20A0000001A1FC7E20A00000000014E73A10000000000000000000"
            + "051F8B08000000000000032B636060E0C84EAD340828CECF4D55284BCC294D55C82BCD4D4A2D5230D051C022C8C4965850C051925A5C52C6C0C004D2"
            + "6B8845AF2136BD86287A59407A8DB0E835C2A6D708452F1B2E371B63D36B8CA29703979B4DB0E93541E80500A6B6C9D52C010000"
        },
        {
            CompressionType.Snappy,
            "0000000000000000000000B50000000002D542950D000200000004000001A1FC7E2170000001A1FC7E217000000000210B51F0000000000000000000"
            + "05AC027876000000086B65793050736F6D652076616C7565206E756D62657220302C204A1500340206617070087465737476000002013C0431504627"
            + "0004312C4A3C000031323C000004013C043250463C0000324E3C000032323C000006013C4EB40000334E3C000033323C000008013C4EB40000344E3C"
            + "00283402066170700874657374"
        },
        {
            CompressionType.Lz4,
            "0000000000000000000000BF000000000203A311DF000300000004000001A1FC7E2245000001A1FC7E224500000000127A8B88000000000000000000"
            + "0504224D186040827F000000FF1076000000086B65793050736F6D652076616C7565206E756D62657220302C20150000E00206617070087465737476"
            + "0000023C001F313C00001F313C000119313C0010043C001F323C00001F323C000119323C0010063C000FB400011F333C000119333C0010083C000FB4"
            + "00011F343C0001B0340206617070087465737400000000"
        },
        {
            CompressionType.Zstd,
            "00000000000000000000009E0000000002022093CA000400000004000001A1FC7E2315000001A1FC7E231500000000097D0BF0000000000000000000"
            + "0528B52FFD0058250300040476000000086B65793050736F6D652076616C7565206E756D62657220302C200206617070087465737476000002086B65"
            + "7931313104323232063033330831343410006013401F48060201C7019A8114101C3818A005E481808143007D7F9584319979"
        },
    };

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_batch_of_librdkafka_is_accepted_and_read(CompressionType type, string hex)
    {
        byte[] batch = Convert.FromHexString(hex);
        BatchHeader.TryRead(batch, out BatchHeader header);
        BatchRules rules = new() { Now = header.MaxTimestamp, KeysRequired = true, TimestampBeforeMaxMs = 1_000 };
        BatchVerdict verdict = BatchValidator.Validate(new ReadOnlySequence<byte>(batch), rules);
        Assert.True(verdict.IsAccepted, verdict.Message);
        Assert.Equal(type, verdict.Header.Compression);
        Assert.Equal(4, verdict.Header.LastSequence);
        Assert.Equal(header.MaxTimestamp, verdict.MaxTimestamp);

        Assert.Equal(ErrorCode.None, BatchReader.Open(Segments.Split(batch, 50), out BatchReader? reader));
        using (reader)
        {
            int index = 0;
            foreach (RecordView record in reader!.Records())
            {
                Assert.Equal($"key{index % 3}", Encoding.UTF8.GetString(record.Key));
                Assert.Equal($"some value number {index}, some value number {index}", Encoding.UTF8.GetString(record.Value));
                Assert.Equal(1, record.Headers.Count);
                foreach (RecordHeaderView named in record.Headers)
                {
                    Assert.Equal("app=test", Encoding.UTF8.GetString(named.Key) + "=" + Encoding.UTF8.GetString(named.Value));
                }

                index++;
            }

            Assert.Equal(5, index);
        }
    }

    [Fact]
    public void The_builder_writes_the_same_bytes_as_librdkafka()
    {
        byte[] captured = Convert.FromHexString((string)Captured.First()[1]);
        BatchHeader.TryRead(captured, out BatchHeader header);
        using BatchBuilder builder = new(new BatchOptions
        {
            ProducerId = header.ProducerId,
            ProducerEpoch = 0,
            BaseSequence = 0,
            PartitionLeaderEpoch = header.PartitionLeaderEpoch,
        });
        for (int i = 0; i < 5; i++)
        {
            builder.Append(
                header.BaseTimestamp,
                Encoding.UTF8.GetBytes($"key{i % 3}"),
                Encoding.UTF8.GetBytes($"some value number {i}, some value number {i}"),
                new RecordHeader("app", "test"u8.ToArray()));
        }

        Assert.Equal(Convert.ToHexString(captured), Convert.ToHexString(builder.Build().Span));
    }
}
