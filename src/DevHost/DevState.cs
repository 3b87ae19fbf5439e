using System.Security.Cryptography;
using System.Text.Json;
using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>What must stay the same from run to run: secrets made once, and the ports of the last run.</summary>
internal sealed record DevState
{
    private const int UsualAppPort = 7071;
    private const int UsualSimulatorPort = 7080;
    private static readonly string[] DataFolders = ["postgres", "postgres.new", "azurite"];
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public string PostgresPassword { get; init; } = Secret();
    public string OwnerPassword { get; init; } = Secret();
    public string AppPassword { get; init; } = Secret();
    public string SystemPassword { get; init; } = Secret();
    public string DurablePassword { get; init; } = Secret();

    /// <summary>Encrypts provider credentials at rest.</summary>
    public string SecretsKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public int PostgresPort { get; init; }
    public int AppPort { get; init; } = UsualAppPort;
    public int SimulatorPort { get; init; } = UsualSimulatorPort;

    public static string Folder => DevPaths.State;

    public static string LogFile => Path.Combine(Folder, "app.log");

    private static string FileName => Path.Combine(Folder, "state.json");

    public static DevState Load()
    {
        if (!File.Exists(FileName))
        {
            return new DevState();
        }

        try
        {
            return JsonSerializer.Deserialize<DevState>(File.ReadAllText(FileName))!;
        }
        catch (JsonException e)
        {
            throw new DevServiceException($"{FileName} cannot be read ({e.Message}); --fresh starts anew.", e);
        }
    }

    public void Save()
    {
        Directory.CreateDirectory(Folder);
        var next = FileName + ".new";
        using (var file = new FileStream(next, NewFile()))
        {
            JsonSerializer.Serialize(file, this, Readable);
        }

        File.Move(next, FileName, overwrite: true);
    }

    public static void Forget()
    {
        foreach (var folder in DataFolders.Select(name => Path.Combine(Folder, name)).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(FileName);
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
