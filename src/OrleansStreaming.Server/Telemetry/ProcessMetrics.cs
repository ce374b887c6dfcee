using System.Diagnostics;

namespace OrleansStreaming.Server.Telemetry;

/// <summary>What the process costs: CPU, memory, garbage collection, threads; under the names Prometheus' own clients use.</summary>
internal static class ProcessMetrics
{
    public static void Write(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        Counter("process_cpu_seconds_total", "CPU time used, in s.", process.TotalProcessorTime.TotalSeconds);
        Gauge("process_resident_memory_bytes", "Resident memory.", process.WorkingSet64);
        Gauge("process_start_time_seconds", "Start, in s since 1970.", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        Gauge("process_num_threads", "Threads.", process.Threads.Count);

        writer.Family("dotnet_gc_collections_total", "Garbage collections.", "counter");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Sample("dotnet_gc_collections_total", $"generation=\"{generation}\"", GC.CollectionCount(generation));
        }

        Gauge("dotnet_gc_heap_bytes", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        Counter("dotnet_gc_allocated_bytes_total", "Bytes allocated.", GC.GetTotalAllocatedBytes());
        Counter("dotnet_gc_pause_seconds_total", "Time paused for garbage collection, in s.", GC.GetTotalPauseDuration().TotalSeconds);
        Gauge("dotnet_thread_pool_threads", "Thread pool threads.", ThreadPool.ThreadCount);
        Gauge("dotnet_thread_pool_queue_length", "Work items waiting for a thread.", ThreadPool.PendingWorkItemCount);

        void Counter(string name, string about, double value) => One(name, about, "counter", value);
        void Gauge(string name, string about, double value) => One(name, about, "gauge", value);

        void One(string name, string about, string type, double value)
        {
            writer.Family(name, about, type);
            writer.Sample(name, "", value);
        }
    }
}
