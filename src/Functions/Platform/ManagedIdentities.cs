using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;

namespace Relais.Platform;

/// <summary>The managed identities of the app on Azure. One credential for each, so that all its users share the cached tokens.</summary>
internal static class ManagedIdentities
{
    private static readonly ConcurrentDictionary<string, TokenCredential> ByClientId = new();

    /// <param name="clientId">Of a user-assigned identity; null or empty: the identity that belongs to the app itself.</param>
    public static TokenCredential Get(string? clientId) => ByClientId.GetOrAdd(clientId ?? "", id => new ManagedIdentityCredential(
        id.Length == 0 ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(id)));

    public static bool IsClientId(string text) => Guid.TryParseExact(text, "D", out _);
}
