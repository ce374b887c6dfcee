namespace Orleans.Embedded.Activations;

/// <summary>Requests in the order of arrival, linked through themselves so that waiting allocates nothing.</summary>
internal struct WaitingLine
{
    private ActivationRequest? _first;
    private ActivationRequest? _last;

    public readonly bool IsEmpty => _first is null;

    public void Add(ActivationRequest request)
    {
        if (_last is null)
        {
            _first = request;
        }
        else
        {
            _last.NextWaiting = request;
        }

        _last = request;
    }

    /// <summary>Takes out the first one that may start; null when none may.</summary>
    public ActivationRequest? TakeFirst(Func<ActivationRequest, bool> mayStart)
    {
        ActivationRequest? previous = null;
        for (var request = _first; request is not null; previous = request, request = request.NextWaiting)
        {
            if (!mayStart(request))
            {
                continue;
            }

            if (previous is null)
            {
                _first = request.NextWaiting;
            }
            else
            {
                previous.NextWaiting = request.NextWaiting;
            }

            _last = ReferenceEquals(_last, request) ? previous : _last;
            request.NextWaiting = null;
            return request;
        }

        return null;
    }

    /// <summary>Empties the line.</summary>
    public ActivationRequest? TakeFirst() => TakeFirst(static _ => true);
}
