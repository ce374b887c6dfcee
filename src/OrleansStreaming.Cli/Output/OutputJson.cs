using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansStreaming.Cli.Formats;
using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Output;

/// <summary>How everything that scripts read is written: camel case, nothing for null, on one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DoneRow))]
[JsonSerializable(typeof(IReadOnlyList<TopicRow>))]
[JsonSerializable(typeof(TopicDetails))]
[JsonSerializable(typeof(IReadOnlyList<GroupRow>))]
[JsonSerializable(typeof(GroupDetails))]
[JsonSerializable(typeof(IReadOnlyList<LagRow>))]
[JsonSerializable(typeof(IReadOnlyList<BrokerRow>))]
[JsonSerializable(typeof(ClusterDetails))]
[JsonSerializable(typeof(IReadOnlyList<OutcomeRow>))]
[JsonSerializable(typeof(IReadOnlyList<ReassignmentRow>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigRow>))]
[JsonSerializable(typeof(IReadOnlyList<BatchRow>))]
[JsonSerializable(typeof(ProducedRow))]
[JsonSerializable(typeof(RecordLine))]
[JsonSerializable(typeof(PerfReport))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>With letters as they are: JSON goes to terminals and files, never into a page.</summary>
    public static OutputJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
