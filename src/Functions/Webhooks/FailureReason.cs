using Npgsql;

namespace Relais.Webhooks;

/// <summary>Names a failure without quoting it: the message of an exception may hold a number or a text.</summary>
internal static class FailureReason
{
    public const string Interrupted = "Interrupted";

    /// <returns>Such as <c>PostgresException 23505</c> or <c>NpgsqlException TimeoutException</c>.</returns>
    public static string Describe(Exception failure) => failure switch
    {
        PostgresException refused => $"{nameof(PostgresException)} {refused.SqlState}",
        { InnerException: { } inner } => $"{failure.GetType().Name} {inner.GetType().Name}",
        _ => failure.GetType().Name,
    };
}
