using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>
/// Grain state as JSON files in one directory, for brokers of one machine that share it. A write is on disk when it completes, and
/// is refused when another was made since the state was read, in this process or another. Nobody waits for anybody: a process that
/// is stopped in the middle of a write holds nothing up, and what it goes on to write is refused. A file that cannot be understood
/// is an error, never an empty state. Any thread.
/// </summary>
/// <param name="directory">Created when it does not exist.</param>
/// <param name="newGuid">Gives versions: each one is used once, so that a state cleared and written anew is not the old one.</param>
public sealed class FileGrainStorage(string directory, Func<Guid> newGuid) : IGrainStorage
{
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true };

    private readonly string _directory = Path.GetFullPath(directory);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var (_, stored) = await ReadAsync<T>(FileOf(stateName, grainId), grainId);
        if (stored is null or { IsCleared: true })
        {
            Reset(grainState);
            return;
        }

        grainState.State = stored.State!;
        grainState.ETag = stored.ETag;
        grainState.RecordExists = true;
    });

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var etag = await ReplaceAsync(stateName, grainId, grainState.ETag, grainState.State!, isCleared: false);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    });

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        if (grainState.ETag is not null)
        {
            await ReplaceAsync<object?>(stateName, grainId, grainState.ETag, null, isCleared: true);
        }

        Reset(grainState);
    });

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    /// <summary>Compare-and-swap; a cleared state stays as a version without one, so that no version is ever made twice.</summary>
    private async Task<string> ReplaceAsync<T>(string stateName, GrainId grainId, string? expected, T state, bool isCleared)
    {
        var file = FileOf(stateName, grainId);
        var (version, stored) = await ReadAsync<JsonElement>(file, grainId);
        var present = stored is { IsCleared: false } ? stored.ETag : null;
        if (present != expected)
        {
            throw Inconsistent(grainId, present, expected);
        }

        var etag = newGuid().ToString("N");
        var record = new StoredState<T> { Grain = grainId.ToString(), ETag = etag, Follows = stored?.ETag, IsCleared = isCleared, State = state };
        var next = version + 1;
        var latest = file.TryCreate(next, JsonSerializer.SerializeToUtf8Bytes(record, _json));
        var isMade = latest == next
            || (latest > next && file.Find(next + 1) is { } successor && Parse<JsonElement>(grainId, next + 1, successor).Follows == etag);
        return isMade ? etag : throw Inconsistent(grainId, stored: null, expected);
    }

    private static InconsistentStateException Inconsistent(GrainId grainId, string? stored, string? expected) =>
        new($"The state of grain {grainId} was written by somebody else since it was read.", stored, expected);

    private static async Task<(long Version, StoredState<T>? Stored)> ReadAsync<T>(VersionedFile file, GrainId grainId)
    {
        var (version, content) = await file.ReadAsync();
        return (version, content is null ? null : Parse<T>(grainId, version, content));
    }

    private static StoredState<T> Parse<T>(GrainId grainId, long version, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredState<T>>(content, _json) ?? throw new JsonException("It holds nothing.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"Version {version} of the state of grain {grainId} is damaged: {exception.Message}", exception);
        }
    }

    private VersionedFile FileOf(string stateName, GrainId grainId) => new(Path.Combine(
        _directory, StateFileNames.Escape(grainId.Type.ToString() ?? ""), StateFileNames.Of(grainId.Key.ToString() ?? "", stateName)));
}
