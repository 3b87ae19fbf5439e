using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;

namespace Relais.Platform;

/// <summary>Returns one shared credential per managed identity on Azure, so that all its users share the cached tokens.</summary>
internal static class ManagedIdentities
{
    private static readonly ConcurrentDictionary<string, TokenCredential> ByClientId = new();

    /// <param name="clientId">Client id of a user-assigned identity. Null or empty: the app's system-assigned identity.</param>
    public static TokenCredential Get(string? clientId) => ByClientId.GetOrAdd(clientId ?? "", id => new ManagedIdentityCredential(
        id.Length == 0 ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(id)));

    public static bool IsClientId(string text) => Guid.TryParseExact(text, "D", out _);
}
