using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>
/// Grain state as JSON files in one directory, for brokers of one machine that share it. A write replaces the file atomically
/// and is on disk when it completes; it is compared with the version read, under a lock that holds between processes too. A
/// file that cannot be understood is an error, never an empty state. Any thread.
/// </summary>
/// <param name="directory">Created when it does not exist.</param>
/// <param name="newGuid">Gives versions: each one is used once, so that a state cleared and written anew is not the old one.</param>
public sealed class FileGrainStorage(string directory, Func<Guid> newGuid, TimeProvider time) : IGrainStorage
{
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true };

    private readonly FileLocks _locks = new(Path.Combine(Path.GetFullPath(directory), ".locks"), time);
    private readonly string _directory = Path.GetFullPath(directory);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var path = PathOf(stateName, grainId);
        var stored = await ReadAsync<T>(path);
        if (stored is null)
        {
            Reset(grainState);
            return;
        }

        grainState.State = stored.State;
        grainState.ETag = stored.ETag;
        grainState.RecordExists = true;
    });

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var path = PathOf(stateName, grainId);
        using var held = await _locks.AcquireAsync(path);
        await CheckVersionAsync(path, grainId, grainState.ETag);
        var etag = newGuid().ToString("N");
        var record = new StoredState<T> { Grain = grainId.ToString(), ETag = etag, State = grainState.State! };
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(record, _json));
        grainState.ETag = etag;
        grainState.RecordExists = true;
    });

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var path = PathOf(stateName, grainId);
        using (await _locks.AcquireAsync(path))
        {
            await CheckVersionAsync(path, grainId, grainState.ETag);
            AtomicFile.Delete(path);
        }

        Reset(grainState);
    });

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static async Task CheckVersionAsync(string path, GrainId grainId, string? expected)
    {
        var stored = (await ReadAsync<JsonElement>(path))?.ETag;
        if (stored != expected)
        {
            throw new InconsistentStateException($"The state of grain {grainId} was written by somebody else since it was read.", stored, expected);
        }
    }

    private static async Task<StoredState<T>?> ReadAsync<T>(string path)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<StoredState<T>>(bytes, _json) ?? throw new JsonException("It holds nothing.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The grain state file {path} is damaged: {exception.Message}", exception);
        }
    }

    private string PathOf(string stateName, GrainId grainId) => Path.Combine(
        _directory, StateFileNames.Escape(grainId.Type.ToString() ?? ""), StateFileNames.Of(grainId.Key.ToString() ?? "", stateName));
}
