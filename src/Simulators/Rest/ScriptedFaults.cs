namespace Relais.Simulators;

/// <summary>Queues the faults that a test has set for the next requests of each operation, and counts the calls.</summary>
internal sealed class ScriptedFaults
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<(string? Account, RestFault Fault)>> faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> calls = new(StringComparer.Ordinal);

    /// <summary>Number of calls by operation, refused calls included.</summary>
    public IReadOnlyDictionary<string, int> Calls
    {
        get
        {
            lock (gate)
            {
                return calls.ToDictionary();
            }
        }
    }

    /// <summary>Faults that no request has got yet, by operation, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RestFault>> Waiting
    {
        get
        {
            lock (gate)
            {
                return faults.Where(pair => pair.Value.Count > 0).ToDictionary(
                    pair => pair.Key,
                    IReadOnlyList<RestFault> (pair) => [.. pair.Value.Select(entry => entry.Fault)]);
            }
        }
    }

    /// <summary>Lets the next requests of an operation get the fault, after the faults that are queued already.</summary>
    /// <param name="name">operation, or all operations of a resource ("numbers.*")</param>
    /// <param name="times">number of requests; 0 removes the faults that are queued</param>
    /// <param name="accountSid">account whose requests get the fault; null: any account</param>
    public void Fail(string name, RestFault fault, int times, string? accountSid)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        var operations = RestOperations.FindByName(name);
        lock (gate)
        {
            foreach (var operation in operations)
            {
                var queue = faults.TryGetValue(operation, out var existing) ? existing : faults[operation] = [];
                if (times == 0)
                {
                    queue.Clear();
                }

                queue.AddRange(Enumerable.Repeat((accountSid, fault), times));
            }
        }
    }

    public void Count(string operation)
    {
        lock (gate)
        {
            calls[operation] = calls.GetValueOrDefault(operation) + 1;
        }
    }

    /// <summary>Removes and returns the fault for this request; null when there is none.</summary>
    public RestFault? Dequeue(string operation, string accountSid)
    {
        lock (gate)
        {
            var queue = faults.GetValueOrDefault(operation) ?? [];
            var index = queue.FindIndex(entry => entry.Account is null || entry.Account == accountSid);
            if (index < 0)
            {
                return null;
            }

            var fault = queue[index].Fault;
            queue.RemoveAt(index);
            return fault;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            faults.Clear();
            calls.Clear();
        }
    }
}
