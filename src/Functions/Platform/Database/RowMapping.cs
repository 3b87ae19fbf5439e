using System.Reflection;
using Dapper;

namespace Relais.Platform.Database;

/// <summary>
/// Maps columns to the properties of row types: contact_id fills ContactId. Dapper skips a column without a property, so that a property
/// would silently keep its default after a rename. Here such a column fails the query.
/// </summary>
internal static class RowMapping
{
    public static void Configure()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.TypeMapProvider = type => new StrictTypeMap(type);
    }

    private sealed class StrictTypeMap(Type type) : SqlMapper.ITypeMap
    {
        private readonly DefaultTypeMap map = new(type);

        public ConstructorInfo? FindConstructor(string[] names, Type[] types) => map.FindConstructor(names, types);

        public ConstructorInfo? FindExplicitConstructor() => map.FindExplicitConstructor();

        public SqlMapper.IMemberMap? GetConstructorParameter(ConstructorInfo constructor, string columnName) =>
            map.GetConstructorParameter(constructor, columnName);

        public SqlMapper.IMemberMap? GetMember(string columnName) => map.GetMember(columnName)
            ?? throw new InvalidOperationException($"{type.Name} has no property for the column {columnName}.");
    }
}
