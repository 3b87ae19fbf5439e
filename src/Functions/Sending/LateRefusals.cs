using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>A refusal by somebody who was erased is kept under the hash. Who is known again by then may stand in a campaign that is frozen already: it stands in clear at once.</summary>
internal static class LateRefusals
{
    /// <param name="moved">With what was refused among them.</param>
    public static async Task RestoreAsync(NpgsqlTransaction tx, AddressHash hash, IEnumerable<Moved> moved, CancellationToken ct)
    {
        foreach (var ofTenant in moved.Where(IsRefusal).GroupBy(move => move.TenantId))
        {
            await RestoreSuppressions.KnownAsync(tx, hash, ofTenant.Key, ofTenant.Select(move => move.ContactAddress).ToHashSet(StringComparer.Ordinal), ct);
        }
    }

    private static bool IsRefusal(Moved move) =>
        move is { Status: "failed" or "undelivered", ErrorCode: { } code } && AddressHash.IsErased(move.ContactAddress) && ErrorCatalogue.For(code, 0) == SendAction.FinalOptOut;
}
