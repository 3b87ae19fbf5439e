using System.Security.Cryptography;
using System.Text;

namespace FunctionsHost;

/// <summary>
/// FUNCTIONS_LOCAL_KEY opens functions of the level Function, FUNCTIONS_LOCAL_MASTER_KEY every function. With neither set, no
/// key is asked for, as with Core Tools. Keys are compared exactly and in constant time.
/// </summary>
internal sealed class FunctionKeys(HostSettings settings)
{
    private const string Header = "x-functions-key";

    private readonly byte[]? function = Hash(settings.All["FUNCTIONS_LOCAL_KEY"]);
    private readonly byte[]? master = Hash(settings.All["FUNCTIONS_LOCAL_MASTER_KEY"]);

    public bool MayCall(HttpRequest request, string level)
    {
        if ((function is null && master is null) || level.Equals("Anonymous", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // a key in the header hides the one in the address, right or wrong
        var given = Hash(request.Headers.TryGetValue(Header, out var header) ? header.ToString() : request.Query["code"].ToString());
        return Same(given, master) || (level.Equals("Function", StringComparison.OrdinalIgnoreCase) && Same(given, function));
    }

    private static bool Same(byte[]? given, byte[]? key) => given is not null && key is not null && CryptographicOperations.FixedTimeEquals(given, key);

    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
