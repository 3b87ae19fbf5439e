using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Relais.Kit.Leaks;

/// <summary>Collects everything that operations log in this process: messages, values, scopes and exceptions of every level.</summary>
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

    /// <param name="superuser">Connection string of the administrator.</param>
    /// <param name="open">Decrypts a stored auth token, which is then searched for as well; null: auth tokens are not searched for.</param>
    /// <exception cref="Xunit.Sdk.XunitException">The log contains a value of a row in this database.</exception>
    public async Task AssertNoLeakAsync(string superuser, Func<byte[], string, Guid, string>? open = null)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        await using var detector = new LeakDetector();
        detector.Keep("what was logged", string.Join('\n', entries));
        await detector.PlantRowsAsync(superuser);
        if (open is not null)
        {
            await detector.PlantTokensAsync(superuser, open);
        }

        await detector.AssertNoneAsync();
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

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {Values(state)} {exception}");

        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}"))
                : $"{state}";
    }
}
