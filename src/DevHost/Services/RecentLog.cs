namespace Relais.DevHost.Services;

/// <summary>Keeps the last lines of a process's output.</summary>
/// <param name="capacity">The highest number of lines.</param>
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

    /// <returns>The last lines as one text.</returns>
    public string Tail(int count = 20) => string.Join(Environment.NewLine, Lines.TakeLast(count));
}
