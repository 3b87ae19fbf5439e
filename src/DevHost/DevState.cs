using System.Buffers.Text;
using System.Security.Cryptography;
using Relais.DevHost.Issuer;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Platform.Secrets;

namespace Relais.DevHost;

/// <summary>The state that is kept between runs: generated secrets, and the ports of the last run.</summary>
internal sealed record DevState
{
    public const string SecretsKeyId = "dev";

    private const int DefaultAppPort = 7071;
    private const int DefaultProxyPort = 7072;
    private const int DefaultSimulatorPort = 7080;
    private const int DefaultIssuerPort = 7090;

    public string PostgresPassword { get; init; } = NewSecret();
    public string OwnerPassword { get; init; } = NewSecret();
    public string AppPassword { get; init; } = NewSecret();
    public string SystemPassword { get; init; } = NewSecret();

    /// <summary>The auth token of every account at the simulator.</summary>
    public string TwilioToken { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Slug of a demo tenant to its API key.</summary>
    public IReadOnlyDictionary<string, string> ApiKeys { get; init; } =
        DemoTenant.All.ToDictionary(tenant => tenant.Slug, _ => NewApiKey());

    /// <summary>Encrypts provider credentials at rest.</summary>
    public string SecretsKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key of the hashes that replace the addresses of erased persons.</summary>
    public string HashKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Signs access tokens. It is kept, so that tokens stay valid after a restart.</summary>
    public string IssuerKey { get; init; } = SigningKey.NewText();

    public int PostgresPort { get; init; }
    public int AppPort { get; init; } = DefaultAppPort;
    public int DoorPort { get; init; } = DefaultProxyPort;
    public int SimulatorPort { get; init; } = DefaultSimulatorPort;
    public int IssuerPort { get; init; } = DefaultIssuerPort;

    public static string Folder => DevPaths.State;

    public static string LogFile => Path.Combine(Folder, "app.log");

    public string ApiKey(DemoTenant tenant) => ApiKeys[tenant.Slug];

    public SecretBox Secrets() =>
        new(new Dictionary<string, byte[]> { [SecretsKeyId] = Convert.FromBase64String(SecretsKey) }, SecretsKeyId);

    /// <summary>The format of the app's API keys: rk_ and 32 bytes as base64url.</summary>
    private static string NewApiKey() => $"rk_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    private static string NewSecret() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
