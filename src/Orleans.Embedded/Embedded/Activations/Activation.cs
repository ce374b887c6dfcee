using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>
/// One activation of a grain. Its fields belong to its turns, except where a member says otherwise: all that comes from outside
/// is queued to <see cref="Scheduler"/>.
/// </summary>
internal sealed partial class Activation : IGrainContext, ICallChainReentrantGrainContext
{
    private static long _lastNumber;

    private readonly ActivationServices _silo;
    private readonly Lifecycle _lifecycle = new();
    private readonly ILogger _logger;
    private Dictionary<Type, object>? _components;
    private AsyncServiceScope _scope;
    private GrainReference? _reference;
    private volatile ActivationState _state;

    public Activation(GrainId grainId, GrainClass grainClass, ActivationServices silo)
    {
        GrainId = grainId;
        Class = grainClass;
        _silo = silo;
        _logger = silo.Logger;
        Scheduler = new ActivationScheduler(this, _logger, silo.Halt);
    }

    public GrainId GrainId { get; }

    public GrainClass Class { get; }

    /// <summary>Tells the activations of this process apart.</summary>
    public long Number { get; } = Interlocked.Increment(ref _lastNumber);

    public ActivationScheduler Scheduler { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    /// <summary>Any thread. Any interface of the class serves: references to one grain are equal.</summary>
    public GrainReference GrainReference => _reference ??= _silo.ReferenceTo(this);

    IWorkItemScheduler IGrainContext.Scheduler => Scheduler;

    /// <summary>Any thread.</summary>
    public Task Deactivated => _deactivated.Task;

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType)
    {
        if (_components is not null && _components.TryGetValue(componentType, out var component))
        {
            return component;
        }

        return componentType.IsInstanceOfType(GrainInstance) ? GrainInstance : null;
    }

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        _components ??= [];
        if (value is null)
        {
            _components.Remove(typeof(TComponent));
        }
        else
        {
            _components[typeof(TComponent)] = value;
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"[Activation {GrainId} {_state}]";

    public void OnEnterReentrantSection(Guid reentrancyId) => (_sections ??= new ReentrantSections()).Enter(reentrancyId);

    public void OnExitReentrantSection(Guid reentrancyId) => _sections?.Exit(reentrancyId);
}
