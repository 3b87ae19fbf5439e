using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Data;
using System.Reflection;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Relais.Platform.Database;

/// <summary>
/// Gives each parameter of a statement the PostgreSQL type of its declared .NET type. Npgsql otherwise infers the type from the value: an
/// array of instants that begins with null becomes <c>timestamp[]</c>, which then rejects the UTC values.
/// </summary>
/// <param name="values">An object whose properties are the parameters.</param>
internal sealed class TypedParameters(object values) : SqlMapper.IDynamicParameters
{
    private static readonly FrozenDictionary<Type, NpgsqlDbType> Types = new Dictionary<Type, NpgsqlDbType>
    {
        [typeof(bool)] = NpgsqlDbType.Boolean,
        [typeof(short)] = NpgsqlDbType.Smallint,
        [typeof(int)] = NpgsqlDbType.Integer,
        [typeof(long)] = NpgsqlDbType.Bigint,
        [typeof(double)] = NpgsqlDbType.Double,
        [typeof(decimal)] = NpgsqlDbType.Numeric,
        [typeof(string)] = NpgsqlDbType.Text,
        [typeof(Guid)] = NpgsqlDbType.Uuid,
        [typeof(DateTime)] = NpgsqlDbType.TimestampTz,
        [typeof(DateTimeOffset)] = NpgsqlDbType.TimestampTz,
        [typeof(DateOnly)] = NpgsqlDbType.Date,
        [typeof(TimeOnly)] = NpgsqlDbType.Time,
        [typeof(TimeSpan)] = NpgsqlDbType.Interval,
        [typeof(byte[])] = NpgsqlDbType.Bytea,
    }.ToFrozenDictionary();

    private static readonly ConcurrentDictionary<Type, Property[]> PropertyCache = new();

    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        foreach (var property in PropertyCache.GetOrAdd(values.GetType(), ReadProperties))
        {
            command.Parameters.Add(new NpgsqlParameter(property.Name, property.Type) { Value = property.Get(values) ?? DBNull.Value });
        }
    }

    /// <exception cref="NotSupportedException">No PostgreSQL type is registered for this .NET type.</exception>
    internal static NpgsqlDbType FindType(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        return Types.TryGetValue(underlying, out var dbType) ? dbType
            : underlying.IsArray ? NpgsqlDbType.Array | FindType(underlying.GetElementType()!)
            : throw new NotSupportedException(
                $"No PostgreSQL type is registered for parameters of type {type}. Add it to {nameof(TypedParameters)}.");
    }

    private static Property[] ReadProperties(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => new Property(property.Name, FindType(property.PropertyType), property.GetValue)),
    ];

    private sealed record Property(string Name, NpgsqlDbType Type, Func<object, object?> Get);
}
