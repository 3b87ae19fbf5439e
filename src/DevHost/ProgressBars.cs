using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Relais.DevHost;

/// <summary>Shows progress as live bars, or as lines of text when there is no terminal.</summary>
/// <param name="context">The live display; null when there is no terminal.</param>
internal sealed class ProgressBars(ProgressContext? context)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, ProgressTask> tasks = [];
    private long lastLineAt;
    private string lastText = "";

    public void Show(IReadOnlyList<(string Name, long Value)> values, long total)
    {
        if (context is null)
        {
            WriteLine(values, total);
            return;
        }

        foreach (var (name, value) in values)
        {
            if (!tasks.TryGetValue(name, out var task))
            {
                tasks[name] = task = context.AddTask(Markup.Escape(name));
            }

            task.MaxValue = Math.Max(total, 1);
            task.Value = value;
        }
    }

    private void WriteLine(IReadOnlyList<(string Name, long Value)> values, long total)
    {
        var text = $"  of {total}: {string.Join(", ", values.Select(value => $"{value.Name} {value.Value}"))}";
        // A total of 0 means that the campaign has not selected its recipients yet.
        if (total == 0 || text == lastText || (lastLineAt != 0 && TimeProvider.System.GetElapsedTime(lastLineAt) < LineInterval))
        {
            return;
        }

        Console.WriteLine(text);
        lastText = text;
        lastLineAt = TimeProvider.System.GetTimestamp();
    }
}

/// <summary>Shows the value of a progress bar as a number.</summary>
internal sealed class CountColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Value.ToString("0", CultureInfo.InvariantCulture)).RightJustified();
}
