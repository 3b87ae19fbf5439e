using Spectre.Console;

namespace Relais.DevHost;

/// <summary>Writes to the terminal with colours and live bars, or as plain lines when the output is redirected.</summary>
internal sealed class Screen
{
    private readonly IAnsiConsole console = AnsiConsole.Console;

    /// <summary>False when the output is redirected to a file or a pipe.</summary>
    public bool IsLive { get; } = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public void Title(string text) => Write($"[bold]{Markup.Escape(text)}[/]", text);

    public void Note(string text) => Write($"[grey]· {Markup.Escape(text)}[/]", $"· {text}");

    public void Done(string text) => Write($"[green]✓[/] {Markup.Escape(text)}", $"ok {text}");

    public void Warn(string text) => Write($"[yellow]! {Markup.Escape(text)}[/]", $"! {text}");

    public static void Fail(string text)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(text);
            return;
        }

        Console.Error.WriteLine($"\e[31m{text}\e[0m");
    }

    /// <summary>Shows names and values in a table with borders.</summary>
    public void Table(string title, IReadOnlyList<(string Name, string Value)> rows)
    {
        if (!IsLive)
        {
            List(title, rows);
            return;
        }

        var table = new Table().Title($"[bold]{Markup.Escape(title)}[/]").Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in rows)
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        console.Write(table);
    }

    /// <summary>Shows names and values without borders and without wrapping, so that values can be copied.</summary>
    public void List(string title, IReadOnlyList<(string Name, string Value)> rows)
    {
        Title(title);
        var width = rows.Max(row => row.Name.Length);
        foreach (var (name, value) in rows)
        {
            Console.WriteLine($"  {name.PadRight(width)}  {value}");
        }
    }

    /// <summary>Shows progress while <paramref name="work"/> runs: live bars, or a line every few seconds when redirected.</summary>
    public async Task ProgressAsync(Func<ProgressBars, Task> work)
    {
        if (!IsLive)
        {
            await work(new ProgressBars(null));
            return;
        }

        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new CountColumn(), new PercentageColumn())
            .StartAsync(context => work(new ProgressBars(context)));
    }

    private void Write(string markup, string plain)
    {
        if (IsLive)
        {
            console.MarkupLine(markup);
            return;
        }

        Console.WriteLine(plain);
    }
}
