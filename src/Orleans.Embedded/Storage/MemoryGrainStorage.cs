using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Copying;
using Orleans.Embedded.Storage;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Grain storage in memory. Values are copied in and out, so that nobody shares what is stored. Any thread.</summary>
public class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string StateName, GrainId GrainId), Record> _records = new();
    private readonly Copiers _copiers;
    private long _lastVersion;

    internal MemoryGrainStorage(Copiers copiers) => _copiers = copiers;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((stateName, grainId), out var record))
        {
            grainState.State = _copiers.For<T>().CopyRoot((T)record.Value!);
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = Interlocked.Increment(ref _lastVersion).ToString(CultureInfo.InvariantCulture);
        var written = new Record(_copiers.For<T>().CopyRoot(grainState.State!), version);
        var key = (stateName, grainId);
        var isWritten = grainState.ETag is null
            ? _records.TryAdd(key, written)
            : _records.TryGetValue(key, out var stored) && stored.ETag == grainState.ETag && _records.TryUpdate(key, written, stored);
        if (!isWritten)
        {
            throw Mismatch(key, grainState.ETag);
        }

        grainState.ETag = version;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var isCleared = !_records.TryGetValue(key, out var stored)
            ? grainState.ETag is null
            : stored.ETag == grainState.ETag && _records.TryRemove(KeyValuePair.Create(key, stored));
        if (!isCleared)
        {
            throw Mismatch(key, grainState.ETag);
        }

        Reset(grainState);
        return Task.CompletedTask;
    }

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = NewState.Of<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private InconsistentStateException Mismatch((string StateName, GrainId GrainId) key, string? expected)
    {
        var stored = _records.TryGetValue(key, out var record) ? record.ETag : null;
        return new InconsistentStateException(
            $"Version mismatch of state '{key.StateName}' of {key.GrainId}: stored {stored ?? "none"}, expected {expected ?? "none"}.",
            stored,
            expected);
    }

    private sealed record Record(object? Value, string ETag);
}

/// <summary>Makes memory grain storage from a silo's container.</summary>
public static class MemoryGrainStorageFactory
{
    public static MemoryGrainStorage Create(IServiceProvider services, string name) => new(services.GetRequiredService<Copiers>());
}
