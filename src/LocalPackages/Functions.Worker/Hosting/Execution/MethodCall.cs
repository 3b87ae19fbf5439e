using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

internal static class MethodCall
{
    private static readonly MethodInfo OfTask = Private(nameof(AwaitTask));
    private static readonly MethodInfo OfValueTask = Private(nameof(AwaitValueTask));

    public static Func<object?, object?[], object?> Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var values = method.GetParameters()
            .Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        var target = method.IsStatic ? null : Expression.Convert(instance, method.ReflectedType!);
        Expression call = Expression.Call(target, method, values);
        call = method.ReturnType == typeof(void)
            ? Expression.Block(call, Expression.Constant(null))
            : Expression.Convert(call, typeof(object));
        return Expression.Lambda<Func<object?, object?[], object?>>(call, instance, arguments).Compile();
    }

    /// <summary>Turns what the method returned into the value it stands for; null for void, Task and ValueTask.</summary>
    public static Func<object?, ValueTask<object?>> Awaiter(Type returned)
    {
        if (returned == typeof(ValueTask))
        {
            return AwaitPlainValueTask;
        }

        if (!returned.IsGenericType)
        {
            return returned.IsAssignableTo(typeof(Task)) ? AwaitPlainTask : static value => new(value);
        }

        var definition = returned.GetGenericTypeDefinition();
        var generic = definition == typeof(Task<>) ? OfTask : definition == typeof(ValueTask<>) ? OfValueTask : null;
        return generic is null
            ? static value => new(value)
            : generic.MakeGenericMethod(returned.GenericTypeArguments[0]).CreateDelegate<Func<object?, ValueTask<object?>>>();
    }

    private static async ValueTask<object?> AwaitPlainTask(object? task)
    {
        await (Task)task!;
        return null;
    }

    private static async ValueTask<object?> AwaitPlainValueTask(object? task)
    {
        await (ValueTask)task!;
        return null;
    }

    private static async ValueTask<object?> AwaitTask<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> AwaitValueTask<T>(object? task) => await (ValueTask<T>)task!;

    private static MethodInfo Private(string name) => typeof(MethodCall).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
