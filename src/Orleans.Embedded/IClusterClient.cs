namespace Orleans;

/// <summary>Access to the grains of a cluster from outside of grains. In a silo's container it is the silo's own.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
