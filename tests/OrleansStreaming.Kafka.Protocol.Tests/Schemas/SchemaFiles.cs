using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Generator.Parsing;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Protocol.Tests.Schemas;

/// <summary>The schemas as data, so that tests can know in which versions a field exists.</summary>
public static class SchemaFiles
{
    public static readonly IReadOnlyList<ApiDefinition> All = Directory
        .GetFiles(Path.Combine(AppContext.BaseDirectory, "SchemaFiles"), "*.schema")
        .Order(StringComparer.Ordinal)
        .Select(path => SchemaParser.Parse(File.ReadAllText(path)))
        .ToArray();

    public static TheoryData<string> Names => new(All.Select(api => api.Name));

    public static ApiDefinition Get(string name) => All.Single(api => api.Name == name);

    public static ApiKey KeyOf(ApiDefinition api) => Enum.Parse<ApiKey>(api.Name);

    public static IEnumerable<short> VersionsOf(ApiDefinition api) =>
        Enumerable.Range(api.Versions.Low, api.Versions.High - api.Versions.Low + 1).Select(version => (short)version);

    public static IEnumerable<Message> MessagesOf(ApiDefinition api) => [api.Request!, api.Response!];
}
