namespace Relais.DevHost.Services;

/// <summary>The last lines that a process wrote.</summary>
public sealed class RecentLog(int capacity = 2000)
{
    private readonly Queue<string> lines = new();
    private readonly Lock gate = new();

    public void Add(string line)
    {
        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > capacity)
            {
                lines.Dequeue();
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public string Tail(int count = 20) => string.Join(Environment.NewLine, Lines.TakeLast(count));
}
