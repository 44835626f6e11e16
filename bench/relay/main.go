// Command relay gives every viewer an upstream watch of its own, as consoles written with client-go do it: typed
// objects, written out as JSON. It is what Periscope's cost per delivery is measured beside.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func main() {
	// Without limits of its own: the API server decides.
	config := &rest.Config{Host: os.Args[1], QPS: -1}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/pods", func(response http.ResponseWriter, request *http.Request) {
		if err := relay(request.Context(), client, response); err != nil {
			log.Print(err)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"relay\":\"http://%s\"}\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

// Changes from now on. Generous: the list of all pods that such a console makes first is left out.
func relay(ctx context.Context, client *kubernetes.Clientset, response http.ResponseWriter) error {
	pods := client.CoreV1().Pods("")
	list, err := pods.List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return err
	}
	events, err := pods.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	if err != nil {
		return err
	}
	defer events.Stop()
	response.Header().Set("Content-Type", "text/event-stream")
	flusher := http.NewResponseController(response)
	if err := flusher.Flush(); err != nil {
		return err
	}
	for event := range events.ResultChan() {
		if event.Type != watch.Modified {
			continue
		}
		pod, err := json.Marshal(event.Object)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(response, "event: pod\ndata: %s\n\n", pod); err != nil {
			return err
		}
		if err := flusher.Flush(); err != nil {
			return err
		}
	}
	return nil
}
