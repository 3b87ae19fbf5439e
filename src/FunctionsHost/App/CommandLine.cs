namespace FunctionsHost;

/// <summary>FunctionsHost APP_FOLDER [--port N] [ARGUMENTS OF THE APP]</summary>
internal sealed record CommandLine(string Folder, int? Port, string[] AppArguments)
{
    private const string Usage =
        "Usage: FunctionsHost APP_FOLDER [--port N] [ARGUMENTS OF THE APP], where APP_FOLDER is the output folder of a built app.";

    public static CommandLine Parse(string[] arguments)
    {
        if (arguments is not [var folder, .. var rest] || folder.StartsWith('-'))
        {
            throw new StartException(Usage, ExitCodes.WrongCommandLine);
        }

        var at = Array.IndexOf(rest, "--port");
        return at < 0 ? new(folder, null, rest)
            : ushort.TryParse(rest.ElementAtOrDefault(at + 1), CultureInfo.InvariantCulture, out var port) && port > 0
            ? new(folder, port, [.. rest[..at], .. rest[(at + 2)..]])
            : throw new StartException("--port takes a port number between 1 and 65535.", ExitCodes.WrongCommandLine);
    }
}
