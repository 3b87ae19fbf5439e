using Npgsql;
using Relais.Accounts;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>Finds why an existing number cannot be connected now.</summary>
internal static class NumberObstacle
{
    private const string SelectObstacle = $"""
        select case
          when exists (select from phone_numbers where number = @Number and state = 'releasing') then '{TelephonyFailures.NumberReleasing}'
          when exists (select from number_orders where number = @Number and (status not in ('done', 'failed') or recheck_at is not null))
            then '{TelephonyFailures.NumberBeingBought}'
        end
        """;

    /// <returns>A code of <see cref="TelephonyFailures"/>; null: the number can be connected.</returns>
    public static Task<string?> FindAsync(NpgsqlTransaction tx, string number, CancellationToken ct) =>
        tx.QueryOneAsync<string>(SelectObstacle, new { Number = number }, ct);
}
