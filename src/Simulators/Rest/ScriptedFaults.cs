namespace Relais.Simulators;

/// <summary>What the next requests of an operation meet, in the order it was asked for; and how often each operation was called.</summary>
internal sealed class ScriptedFaults
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(string? Account, RestFault Fault)>> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Calls
    {
        get
        {
            lock (_gate)
            {
                return _calls.ToDictionary();
            }
        }
    }

    public IReadOnlyDictionary<string, IReadOnlyList<RestFault>> Waiting
    {
        get
        {
            lock (_gate)
            {
                return _next.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, IReadOnlyList<RestFault> (pair) => [.. pair.Value.Select(waiting => waiting.Fault)]);
            }
        }
    }

    /// <summary>The next so many requests of each named operation, of the account or of any, meet the fault; none takes back what waits.</summary>
    public void Fail(string name, RestFault fault, int times, string? accountSid)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        var operations = RestOperations.Named(name);
        lock (_gate)
        {
            foreach (var operation in operations)
            {
                var waiting = _next.TryGetValue(operation, out var known) ? known : _next[operation] = [];
                if (times == 0)
                {
                    waiting.Clear();
                }

                waiting.AddRange(Enumerable.Repeat((accountSid, fault), times));
            }
        }
    }

    public void Count(string operation)
    {
        lock (_gate)
        {
            _calls[operation] = _calls.GetValueOrDefault(operation) + 1;
        }
    }

    /// <summary>What a request meets, which is then past.</summary>
    public RestFault? Dequeue(string operation, string accountSid)
    {
        lock (_gate)
        {
            var waiting = _next.GetValueOrDefault(operation) ?? [];
            var at = waiting.FindIndex(next => next.Account is null || next.Account == accountSid);
            if (at < 0)
            {
                return null;
            }

            var fault = waiting[at].Fault;
            waiting.RemoveAt(at);
            return fault;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _next.Clear();
            _calls.Clear();
        }
    }
}
