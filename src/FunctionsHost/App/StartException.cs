namespace FunctionsHost;

/// <summary>The host cannot start; the message is one sentence that says what to do.</summary>
internal sealed class StartException(string message, int exitCode = ExitCodes.CannotStart) : Exception(message)
{
    public int ExitCode => exitCode;
}

internal static class ExitCodes
{
    public const int Stopped = 0;
    public const int CannotStart = 1;
    public const int WrongCommandLine = 2;
    public const int WorkerKeptEnding = 3;
}
