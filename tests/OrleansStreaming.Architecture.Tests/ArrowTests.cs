namespace OrleansStreaming.Architecture.Tests;

/// <summary>The arrows between rooms are an allow-list: a new one is added here, on purpose, or not at all.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> _mayReference = new()
    {
        ["Orleans.Embedded"] = [],
        ["OrleansStreaming.Records"] = [],
        ["OrleansStreaming.Storage"] = ["OrleansStreaming.Records"],
        ["OrleansStreaming.Contracts"] = ["OrleansStreaming.Records"],
        ["OrleansStreaming.Replication"] = ["OrleansStreaming.Records", "OrleansStreaming.Storage", "OrleansStreaming.Contracts"],
        ["OrleansStreaming.Cluster"] = ["OrleansStreaming.Records", "OrleansStreaming.Contracts"],
        ["OrleansStreaming.Groups"] = ["OrleansStreaming.Records", "OrleansStreaming.Contracts"],
        ["OrleansStreaming.Transactions"] = ["OrleansStreaming.Records", "OrleansStreaming.Contracts"],
        ["OrleansStreaming.Client"] = ["OrleansStreaming.Records", "OrleansStreaming.Contracts"],
        ["OrleansStreaming.Kafka.Generator"] = [],
        ["OrleansStreaming.Kafka.Protocol"] = ["OrleansStreaming.Records", "OrleansStreaming.Kafka.Generator (analyzer)"],
        ["OrleansStreaming.Kafka"] = ["OrleansStreaming.Records", "OrleansStreaming.Contracts", "OrleansStreaming.Kafka.Protocol"],
        ["OrleansStreaming.Rest"] = ["OrleansStreaming.Client", "OrleansStreaming.Records"],
        ["OrleansStreaming.Connect"] = ["OrleansStreaming.Client", "OrleansStreaming.Records"],
        ["OrleansStreaming.Processing"] = ["OrleansStreaming.Client", "OrleansStreaming.Records"],
        ["OrleansStreaming.WebConsole"] = ["OrleansStreaming.Client", "OrleansStreaming.Records"],
        ["OrleansStreaming.Testing"] =
        [
            "OrleansStreaming.Records", "OrleansStreaming.Storage", "OrleansStreaming.Contracts", "OrleansStreaming.Replication", "OrleansStreaming.Cluster",
            "OrleansStreaming.Groups", "OrleansStreaming.Kafka.Protocol", "OrleansStreaming.Kafka", "OrleansStreaming.Client",
        ],
        ["Orders"] = ["OrleansStreaming.Records", "OrleansStreaming.Client", "OrleansStreaming.Testing"],
        ["CoHosted"] =
        [
            "OrleansStreaming.Records", "OrleansStreaming.Storage", "OrleansStreaming.Contracts", "OrleansStreaming.Replication", "OrleansStreaming.Cluster",
            "OrleansStreaming.Groups", "OrleansStreaming.Client",
        ],
        ["ConsoleClient"] = ["OrleansStreaming.Records", "OrleansStreaming.Client", "OrleansStreaming.Testing"],
        ["OrleansStreaming.Cli"] = ["OrleansStreaming.Client", "OrleansStreaming.Contracts", "OrleansStreaming.Kafka.Protocol", "OrleansStreaming.Records"],
    };

    /// <summary>Rooms that are pure or know the disk only: not even the grain interfaces reach them.</summary>
    private static readonly string[] _knowNoOrleans =
    [
        "OrleansStreaming.Records", "OrleansStreaming.Storage", "OrleansStreaming.Kafka.Generator", "OrleansStreaming.Kafka.Protocol",
    ];

    /// <summary>Rooms that hold grains or a silo; everyone else sees at most the interfaces.</summary>
    private static readonly string[] _hostGrains =
    [
        "OrleansStreaming.Replication", "OrleansStreaming.Cluster", "OrleansStreaming.Groups", "OrleansStreaming.Transactions",
        "OrleansStreaming.Server", "OrleansStreaming.Testing", "CoHosted",
    ];

    [Fact]
    public void EveryArrowIsOnTheList()
    {
        var strangers =
            from project in Repository.Projects
            where project.Name != "OrleansStreaming.Server" // composition: it may reference every room
            from reference in project.References
            where !_mayReference.GetValueOrDefault(project.Name, []).Contains(reference)
            select $"{project.Name} -> {reference}";

        Assert.Empty(strangers);
    }

    [Fact]
    public void EveryRoomIsOnTheList() =>
        Assert.Empty(Repository.Projects.Select(project => project.Name).Except([.. _mayReference.Keys, "OrleansStreaming.Server"]));

    [Fact]
    public void NobodyReferencesTheServer() =>
        Assert.DoesNotContain(Repository.Projects, project => project.References.Contains("OrleansStreaming.Server"));

    [Fact]
    public void OrleansReachesOnlyWhomItMay()
    {
        Assert.DoesNotContain(Repository.Projects, project => project.UsesOrleans != "" && _knowNoOrleans.Contains(project.Name));
        Assert.DoesNotContain(Repository.Projects, project => project.UsesOrleans == "silo" && !_hostGrains.Contains(project.Name));
    }

    [Fact]
    public void EveryProjectIsInTheSolution()
    {
        var solution = Repository.Read("Orleans.Streaming.sln").Replace('\\', '/');

        Assert.All(Repository.Projects.Concat(Repository.TestProjects), project => Assert.Contains($"\"{project.Path}\"", solution));
    }
}
