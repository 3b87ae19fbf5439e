using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>
/// FUNCTIONS_LOCAL_KEY opens the function level, FUNCTIONS_LOCAL_MASTER_KEY every level. With neither set no key is
/// asked for, as with the Core Tools.
/// </summary>
internal sealed class FunctionKeys(IConfiguration configuration)
{
    private readonly byte[]? function = HashOf(configuration["FUNCTIONS_LOCAL_KEY"]);
    private readonly byte[]? master = HashOf(configuration["FUNCTIONS_LOCAL_MASTER_KEY"]);

    public bool Allow(AuthorizationLevel level, HttpRequest request)
    {
        if (level == AuthorizationLevel.Anonymous || function is null && master is null)
        {
            return true;
        }

        // a key in the header hides the one in the query, right or wrong
        var given = request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();
        if (given.Length == 0)
        {
            return false;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        var isMaster = master is not null && CryptographicOperations.FixedTimeEquals(hash, master);
        var isFunction = function is not null && CryptographicOperations.FixedTimeEquals(hash, function);
        return isMaster || isFunction && level is AuthorizationLevel.Function or AuthorizationLevel.User;
    }

    private static byte[]? HashOf(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
