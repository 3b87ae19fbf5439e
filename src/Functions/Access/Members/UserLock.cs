namespace Relais.Access.Members;

/// <summary>What one person brings about in several tenants goes one after the other: limits hold, and nobody joins twice.</summary>
internal static class UserLock
{
    public const string Take = "select pg_advisory_xact_lock(hashtextextended('person ' || @Issuer || ' ' || @Subject, 0))";
}
