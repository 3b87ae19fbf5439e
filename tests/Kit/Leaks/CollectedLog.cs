using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Relais.Kit.Leaks;

/// <summary>Everything that operations log within this process: messages, values, scopes and exceptions of every level.</summary>
public sealed class CollectedLog : ILoggerFactory, ILoggerProvider
{
    private readonly ConcurrentQueue<string> entries = new();

    public IReadOnlyCollection<string> Entries => entries;

    public ILogger<T> For<T>() => new Logger<T>(this);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, entries);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    /// <param name="superuser">Connection string.</param>
    /// <param name="open">Opens the tokens of accounts: they are searched for as well.</param>
    /// <exception cref="Xunit.Sdk.XunitException">A value of the rows in this database was logged.</exception>
    public async Task AssertNoLeakAsync(string superuser, Func<byte[], string, Guid, string>? open = null)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        await using var watch = new LeakDetector();
        watch.Keep("what was logged", string.Join('\n', entries));
        await watch.PlantRowsAsync(superuser);
        if (open is not null)
        {
            await watch.PlantTokensAsync(superuser, open);
        }

        await watch.AssertNoneAsync();
    }

    private sealed class Logger(string category, ConcurrentQueue<string> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            entries.Enqueue($"{category} scope: {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {Values(state)} {exception}");

        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}")) : $"{state}";
    }
}
