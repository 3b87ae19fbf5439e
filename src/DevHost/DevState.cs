using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Relais.DevHost.Issuer;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Platform.Secrets;

namespace Relais.DevHost;

/// <summary>What must stay the same from run to run: secrets made once, and the ports of the last run.</summary>
internal sealed record DevState
{
    public const string SecretsKeyId = "dev";

    private const int UsualAppPort = 7071;
    private const int DefaultProxyPort = 7072;
    private const int UsualSimulatorPort = 7080;
    private const int UsualIssuerPort = 7090;
    private static readonly string[] DataFolders = ["postgres", "postgres.new", "azurite"];
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public string PostgresPassword { get; init; } = Secret();
    public string OwnerPassword { get; init; } = Secret();
    public string AppPassword { get; init; } = Secret();
    public string SystemPassword { get; init; } = Secret();

    /// <summary>The auth token of every account at the simulator.</summary>
    public string TwilioToken { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>By tenant.</summary>
    public IReadOnlyDictionary<string, string> ApiKeys { get; init; } = DemoTenant.All.ToDictionary(tenant => tenant.Slug, _ => NewApiKey());

    /// <summary>Encrypts provider credentials at rest.</summary>
    public string SecretsKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>By it erased persons are recognised.</summary>
    public string HashKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Signs access tokens; kept, so that they survive a restart.</summary>
    public string IssuerKey { get; init; } = SigningKey.NewText();

    public int PostgresPort { get; init; }
    public int AppPort { get; init; } = UsualAppPort;
    public int DoorPort { get; init; } = DefaultProxyPort;
    public int SimulatorPort { get; init; } = UsualSimulatorPort;
    public int IssuerPort { get; init; } = UsualIssuerPort;

    public static string Folder => DevPaths.State;

    public static string LogFile => Path.Combine(Folder, "app.log");

    private static string FileName => Path.Combine(Folder, "state.json");

    public string ApiKey(DemoTenant tenant) => ApiKeys[tenant.Slug];

    public SecretBox Secrets() => new(new Dictionary<string, byte[]> { [SecretsKeyId] = Convert.FromBase64String(SecretsKey) }, SecretsKeyId);

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

    /// <summary>The form that the app takes: rk_ and 32 bytes as base64url.</summary>
    private static string NewApiKey() => $"rk_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    private static string Secret() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
