package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// objects builds a base as `kubectl apply -k` does and reads each object into
// Kubernetes' own type: a field that the type lacks, a field written twice or a
// value of the wrong kind is an error, as it is with --validate=strict.
func objects(t *testing.T, base string) []runtime.Object {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, rbacv1.AddToScheme,
	} {
		require.NoError(t, add(scheme))
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()

	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../kubernetes/"+base)
	require.NoError(t, err)
	var out []runtime.Object
	for _, resource := range built.Resources() {
		data, err := resource.AsYAML()
		require.NoError(t, err)
		object, _, err := decoder.Decode(data, nil, nil)
		require.NoError(t, err, "%s", data)
		out = append(out, object)
	}
	return out
}

// one gives the only object of a type.
func one[T runtime.Object](t *testing.T, all []runtime.Object) T {
	t.Helper()
	var found []T
	for _, object := range all {
		if o, is := object.(T); is {
			found = append(found, o)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

// The decoder has to refuse what a cluster would, or it proves nothing.
func TestDecodingIsStrict(t *testing.T) {
	scheme := runtime.NewScheme()
	require.NoError(t, appsv1.AddToScheme(scheme))
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	_, _, err := decoder.Decode([]byte("apiVersion: apps/v1\nkind: Deployment\nspec: {replica: 2}\n"), nil, nil)
	require.ErrorContains(t, err, "replica")
	_, _, err = decoder.Decode([]byte("apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: two}\n"), nil, nil)
	require.Error(t, err)
}

func TestFeeder(t *testing.T) {
	all := objects(t, "feeder")
	deployment := one[*appsv1.Deployment](t, all)
	pod := deployment.Spec.Template
	container := pod.Spec.Containers[0]

	assert.Greater(t, *deployment.Spec.Replicas, int32(1))
	assert.True(t, *pod.Spec.SecurityContext.RunAsNonRoot)
	assert.True(t, *container.SecurityContext.ReadOnlyRootFilesystem)
	assert.False(t, *container.SecurityContext.AllowPrivilegeEscalation)
	assert.Equal(t, []corev1.Capability{"ALL"}, container.SecurityContext.Capabilities.Drop)
	assert.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, pod.Spec.SecurityContext.SeccompProfile.Type)
	assert.False(t, *pod.Spec.AutomountServiceAccountToken)
	assert.Equal(t, "/healthz", container.ReadinessProbe.HTTPGet.Path)
	assert.Nil(t, container.LivenessProbe.HTTPGet, "an outage of the database must not start feeders anew")
	assert.False(t, container.Resources.Limits.Memory().IsZero())

	everySelectorFindsThePods(t, pod.Labels, all)

	// The configuration that the pods mount is the one that is generated.
	assert.Equal(t, one[*corev1.ConfigMap](t, all).Name, pod.Spec.Volumes[0].ConfigMap.Name)
}

func TestCortex(t *testing.T) {
	all := objects(t, "cortex")
	deployment := one[*appsv1.Deployment](t, all)
	pod := deployment.Spec.Template
	claim := one[*corev1.PersistentVolumeClaim](t, all)
	settings := one[*corev1.ConfigMap](t, all).Data["application.conf"]

	assert.Equal(t, int32(1), *deployment.Spec.Replicas, "Cortex keeps jobs in memory")
	assert.Equal(t, appsv1.RecreateDeploymentStrategyType, deployment.Spec.Strategy.Type)
	assert.Contains(t, settings, "persistentVolumeClaimName = "+claim.Name)
	assert.Contains(t, settings, "directory = "+mountOf(t, pod.Spec, claim.Name))
	assert.Equal(t, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}, claim.Spec.AccessModes)

	binding, role := one[*rbacv1.RoleBinding](t, all), one[*rbacv1.Role](t, all)
	assert.Equal(t, role.Name, binding.RoleRef.Name)
	assert.Equal(t, pod.Spec.ServiceAccountName, binding.Subjects[0].Name)
	assert.Equal(t, deployment.Namespace, binding.Subjects[0].Namespace)
	// What the runner asks for, by app/org/thp/cortex/services/K8sJobRunnerSrv.scala,
	// and nothing else.
	require.Len(t, role.Rules, 1)
	assert.Equal(t, []string{"batch"}, role.Rules[0].APIGroups)
	assert.Equal(t, []string{"jobs"}, role.Rules[0].Resources)
	assert.Subset(t, role.Rules[0].Verbs, []string{"create", "get", "list", "watch", "delete"})
	assert.NotContains(t, role.Rules[0].Verbs, "*")

	everySelectorFindsThePods(t, pod.Labels, all)
}

func TestPodsOfJobsAreBound(t *testing.T) {
	var bound bool
	for _, object := range objects(t, "cortex") {
		switch o := object.(type) {
		case *corev1.ServiceAccount:
			if o.Name == "default" {
				assert.False(t, *o.AutomountServiceAccountToken)
			}
		case *networkingv1.NetworkPolicy:
			if o.Spec.PodSelector.MatchLabels["cortex-neuron-job"] != "true" {
				continue
			}
			bound = true
			assert.Empty(t, o.Spec.Ingress)
			for _, rule := range o.Spec.Egress {
				for _, to := range rule.To {
					if to.IPBlock != nil && to.IPBlock.CIDR == "0.0.0.0/0" {
						assert.Contains(t, to.IPBlock.Except, "169.254.0.0/16", "the metadata service")
					}
				}
			}
		}
	}
	assert.True(t, bound)
}

// everySelectorFindsThePods catches a selector that fits none of the pods it is for.
func everySelectorFindsThePods(t *testing.T, pod map[string]string, all []runtime.Object) {
	t.Helper()
	for _, object := range all {
		var selector map[string]string
		switch o := object.(type) {
		case *appsv1.Deployment:
			selector = o.Spec.Selector.MatchLabels
		case *corev1.Service:
			selector = o.Spec.Selector
		case *policyv1.PodDisruptionBudget:
			selector = o.Spec.Selector.MatchLabels
		case *networkingv1.NetworkPolicy:
			if selector = o.Spec.PodSelector.MatchLabels; selector["cortex-neuron-job"] != "" {
				continue
			}
		default:
			continue
		}
		require.NotEmpty(t, selector)
		assert.True(t, labels.SelectorFromSet(selector).Matches(labels.Set(pod)), "%T selects %v, the pods are %v", object, selector, pod)
	}
}

// mountOf gives where a claim is mounted.
func mountOf(t *testing.T, pod corev1.PodSpec, claim string) string {
	t.Helper()
	for _, v := range pod.Volumes {
		if v.PersistentVolumeClaim == nil || v.PersistentVolumeClaim.ClaimName != claim {
			continue
		}
		for _, m := range pod.Containers[0].VolumeMounts {
			if m.Name == v.Name {
				return m.MountPath
			}
		}
	}
	require.Fail(t, "nothing mounts "+claim)
	return ""
}
