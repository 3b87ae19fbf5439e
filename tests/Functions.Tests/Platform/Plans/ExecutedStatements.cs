using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Relais.Kit;

namespace Functions.Tests.Platform.Plans;

/// <summary>A statement that PostgreSQL executed, with its plan.</summary>
/// <param name="Rows">The highest number of rows that a step of the plan read, including filtered rows, over all its loops.</param>
/// <param name="Step">The description of this step.</param>
internal sealed record ExecutedStatement(string Text, double Rows, string Step, string Plan);

/// <summary>
/// Collects the executed statements from the notices of the extension auto_explain, which Npgsql logs. The plans are those of the pooled
/// connections of the app, including their prepared statements.
/// </summary>
internal sealed class ExecutedStatements : ILoggerProvider, ILogger
{
    private static readonly string[] NameParts = ["Node Type", "Relation Name", "Index Name", "Function Name"];
    private readonly ConcurrentQueue<string> notices = new();

    /// <summary>Enables auto_explain for the roles of the app. Call it before the app opens its first connection.</summary>
    public static async Task ExplainAsync(TestDatabase database)
    {
        foreach (var role in new[] { "relais_app", "relais_system" })
        {
            foreach (var (name, value) in new (string, string)[]
            {
                ("session_preload_libraries", "auto_explain"), ("auto_explain.log_min_duration", "0"), ("auto_explain.log_analyze", "on"),
                ("auto_explain.log_timing", "off"), ("auto_explain.log_format", "json"), ("auto_explain.log_level", "notice"),
                ("auto_explain.log_nested_statements", "on"),
            })
            {
                await database.ExecuteAsync($"alter role {role} in database {database.Name} set {name} = '{value}'");
            }
        }
    }

    /// <summary>Returns the statements since the last call.</summary>
    public List<ExecutedStatement> Take()
    {
        var taken = new List<ExecutedStatement>();
        while (notices.TryDequeue(out var notice))
        {
            taken.Add(Read(notice[notice.IndexOf('{')..]));
        }

        return taken;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values
            && values.FirstOrDefault(value => value.Key == "NoticeText").Value is string text
            && text.Contains("plan:", StringComparison.Ordinal))
        {
            notices.Enqueue(text);
        }
    }

    public void Dispose()
    {
    }

    private static ExecutedStatement Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var (rows, step) = Largest(document.RootElement.GetProperty("Plan"));
        return new ExecutedStatement(document.RootElement.GetProperty("Query Text").GetString()!, rows, step, json);
    }

    private static (double Rows, string Step) Largest(JsonElement node)
    {
        var largest = (Rows: RowsOf(node), Step: NameOf(node));
        foreach (var child in node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray() : default)
        {
            var other = Largest(child);
            largest = other.Rows > largest.Rows ? other : largest;
        }

        return largest;
    }

    private static double RowsOf(JsonElement node) => Number(node, "Actual Loops") * (
        Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Join Filter")
        + Number(node, "Rows Removed by Index Recheck"));

    private static double Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    private static string NameOf(JsonElement node) => string.Join(' ', NameParts
        .Select(name => node.TryGetProperty(name, out var value) ? value.GetString() : null).OfType<string>());
}
