using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

/// <summary>What reaches an instance in memory: endings of activities that this process runs for it, and hints to read its inbox.</summary>
internal sealed class Mailbox : IDisposable
{
    private readonly Lock gate = new();
    private readonly Latch arrived = new();
    private readonly HashSet<int> running = [];
    private List<Ending> endings = [];
    private bool poked;
    private bool closed;

    /// <summary>Activities of the instance that run here.</summary>
    public int[] Running
    {
        get
        {
            lock (gate)
            {
                return [.. running];
            }
        }
    }

    /// <summary>Nothing runs here, nothing has come.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (gate)
            {
                return running.Count == 0 && endings.Count == 0 && !poked;
            }
        }
    }

    /// <summary>Only the inbox could bring more, and that keeps.</summary>
    public bool MayRest
    {
        get
        {
            lock (gate)
            {
                return running.Count == 0 && endings.Count == 0;
            }
        }
    }

    /// <returns>False when nobody reads any more. The hint is kept all the same, for <see cref="Close"/>.</returns>
    public bool Poke()
    {
        lock (gate)
        {
            poked = true;
            arrived.Set();
            return !closed;
        }
    }

    public bool Post(Ending ending)
    {
        lock (gate)
        {
            running.Remove(ending.Work.Task);
            arrived.Set();
            if (!closed)
            {
                endings.Add(ending);
            }

            return !closed;
        }
    }

    public bool Adopt(int task)
    {
        lock (gate)
        {
            return !closed && running.Add(task);
        }
    }

    public void Forget(int task)
    {
        lock (gate)
        {
            running.Remove(task);
            arrived.Set();
        }
    }

    public (List<Ending> Endings, bool Poked) Take()
    {
        lock (gate)
        {
            var taken = (endings, poked);
            endings = [];
            poked = false;
            return taken;
        }
    }

    /// <summary>Waits for more, or closes when nothing can come.</summary>
    /// <returns>False when closed.</returns>
    public async Task<bool> WaitOrCloseAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (gate)
            {
                if (endings.Count > 0 || poked)
                {
                    return true;
                }

                if (running.Count == 0)
                {
                    closed = true;
                    return false;
                }
            }

            await arrived.WaitAsync(cancellation);
        }
    }

    /// <returns>The endings that came too late, and whether somebody wanted the inbox read.</returns>
    public (List<Ending> Endings, bool Poked) Close()
    {
        lock (gate)
        {
            closed = true;
            return Take();
        }
    }

    public void Dispose() => arrived.Dispose();
}
