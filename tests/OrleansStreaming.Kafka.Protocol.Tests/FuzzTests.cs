using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Filling;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

/// <summary>Bytes from anybody: either a message or a <see cref="ProtocolReadException"/>, at a cost the frame justifies.</summary>
public sealed class FuzzTests
{
    /// <summary>An element of two bytes on the wire (an empty string and an empty tag section) can be an object with a list slot of 100 bytes.</summary>
    private const int BytesPerFrameByte = 100;

    /// <summary>What a refusal costs: the exception, its message and its stack trace.</summary>
    private const int BytesPerRead = 64 * 1024;

    private const int MutationsPerMessage = 40;

    public static TheoryData<string> Apis => SchemaFiles.Names;

    [Theory]
    [MemberData(nameof(Apis))]
    public void Mutated_frames_are_read_or_refused(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (short version in SchemaFiles.VersionsOf(api))
            {
                var random = new Random(version);
                object filled = Codec.New(message);
                new MessageFiller(random, always: true).Fill(filled, message.Body, version);
                byte[] whole = Codec.Write(filled, version);
                for (int i = 0; i < MutationsPerMessage; i++)
                {
                    ReadOrRefuse(api, message, version, Mutate(whole, random), $"seed {version}, mutation {i}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Random_frames_are_read_or_refused(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (short version in SchemaFiles.VersionsOf(api))
            {
                for (int seed = 0; seed < 20; seed++)
                {
                    var random = new Random(seed);
                    var frame = new byte[random.Next(0, 300)];
                    random.NextBytes(frame);
                    ReadOrRefuse(api, message, version, frame, $"seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void Large_frames_of_one_repeated_byte_stay_within_their_budget()
    {
        foreach (byte filler in new byte[] { 0x00, 0x01, 0x02, 0x7f, 0x80, 0xff })
        {
            var frame = new byte[200_000];
            Array.Fill(frame, filler);
            foreach (ApiDefinition api in SchemaFiles.All)
            {
                foreach (Message message in SchemaFiles.MessagesOf(api))
                {
                    ReadOrRefuse(api, message, api.Versions.High, frame, $"filler {filler}");
                }
            }
        }
    }

    [Fact]
    public void Random_headers_are_read_or_refused()
    {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++)
        {
            var frame = new byte[random.Next(0, 60)];
            random.NextBytes(frame);
            try
            {
                var reader = new ProtocolReader(frame.AsMemory());
                RequestHeader.Read(ref reader);
            }
            catch (ProtocolReadException)
            {
            }
        }
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] frame = (byte[])whole.Clone();
        for (int left = random.Next(1, 4); left > 0 && frame.Length > 0; left--)
        {
            int at = random.Next(frame.Length);
            switch (random.Next(5))
            {
                case 0:
                    frame[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    frame[at] = (byte)random.Next(256);
                    break;
                case 2:
                    frame.AsSpan(at, Math.Min(4, frame.Length - at)).Fill(random.Next(2) == 0 ? (byte)0xff : (byte)0x7f);
                    break;
                case 3:
                    frame = frame[..at];
                    break;
                default:
                    frame = [.. frame[..at], .. frame[random.Next(frame.Length)..]];
                    break;
            }
        }

        return frame;
    }

    private static void ReadOrRefuse(ApiDefinition api, Message message, short version, byte[] frame, string how)
    {
        ApiKey key = SchemaFiles.KeyOf(api);
        long budget = BytesPerRead + (long)BytesPerFrameByte * frame.Length;
        long cost = Allocated.Least(Read, budget);
        Assert.True(cost <= budget, $"{message.Body.Name} v{version}, {how}: {cost} bytes for a frame of {frame.Length}");

        void Read()
        {
            try
            {
                Codec.Read(key, message, version, frame, out _);
            }
            catch (ProtocolReadException)
            {
            }
            catch (Exception other)
            {
                Assert.Fail($"{message.Body.Name} v{version}, {how}: {other}");
            }
        }
    }
}
