using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Relais.DevHost;

internal sealed class ProgressBars(ProgressContext? context)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, ProgressTask> tasks = [];
    private long lastLine;
    private string lastText = "";

    public void Show(IReadOnlyList<(string Name, long Value)> values, long total)
    {
        if (context is null)
        {
            Line(values, total);
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

    private void Line(IReadOnlyList<(string Name, long Value)> values, long total)
    {
        var text = $"  of {total}: {string.Join(", ", values.Select(value => $"{value.Name} {value.Value}"))}";
        // before the recipients are known there is nothing to compare with
        if (total == 0 || text == lastText || (lastLine != 0 && TimeProvider.System.GetElapsedTime(lastLine) < BetweenLines))
        {
            return;
        }

        Console.WriteLine(text);
        lastText = text;
        lastLine = TimeProvider.System.GetTimestamp();
    }
}

internal sealed class CountColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Value.ToString("0", CultureInfo.InvariantCulture)).RightJustified();
}
