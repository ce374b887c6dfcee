// Every test runs whole clusters of processes: side by side they would only fight for the cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
